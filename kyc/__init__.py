"""Who a resident is, and how sure we are."""
