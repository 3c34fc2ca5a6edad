"""What a person sees: the form, the mailed link, and the pages of their requests."""
