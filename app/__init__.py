"""The front door: command line, settings, web application, supervision of the engine."""
