"""The wiring compiler: classes in, plans or faults out. Nothing here runs after startup."""
