"""Video 视频办: a call between the desk and a resident's browser, and what is confirmed in it."""
