"""The pages of the way in, and of what belongs to one's own login."""
