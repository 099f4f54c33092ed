"""The clerks' desk 办事台: who works there, what waits, talking to residents and working their cases."""
