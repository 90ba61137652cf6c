"""The pages: app.py starts them, interface.py lists the tabs, api.py holds the endpoints, publish.py makes a Space."""
