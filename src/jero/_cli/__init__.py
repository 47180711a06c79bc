"""The command `jero`: run, check, show and begin apps. Needs the extra `jero[cli]`; `entry` is its door."""
