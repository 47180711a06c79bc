"""What the demo does, without HTTP's methods and URLs. Each public method is one transaction."""
