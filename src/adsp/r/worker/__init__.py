"""The other process. Nothing here imports the app, and no file of the app is needed beside it:
it is started with this folder's parent on the path and finds its own modules relatively.
"""
