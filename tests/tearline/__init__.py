"""The platform, tried part by part."""
