"""Printed papers whose every page is known again: page codes, what stands on each page, and the signed scans filed to them."""
