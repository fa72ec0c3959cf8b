"""The forecast of the product beside the enforcement of the lab, on random hosts, policies and flows."""
