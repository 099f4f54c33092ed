"""`python -m app`: what the `onecall` script runs."""

from app.cli import main

main()
