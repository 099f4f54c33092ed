"""The hall's figures for supervisors 数字驾驶舱: what waits, what comes, how long it takes, what tomorrow brings."""
