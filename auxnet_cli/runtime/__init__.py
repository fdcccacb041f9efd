"""Running a trained network: engines, inspecting, evaluating, timing."""
