"""The demo: a small service of widgets that have owners, laid out as an application of jero is."""
