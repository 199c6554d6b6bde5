"""What every door needs of a request: who asks, what he sent, with what device, and that no other site made him ask."""
