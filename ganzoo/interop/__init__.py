"""Weights and models of other libraries: the reference code, ONNX, EfficientNet."""
