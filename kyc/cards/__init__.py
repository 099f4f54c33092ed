"""Reading the resident identity card from photographs, and judging whether it may be believed."""
