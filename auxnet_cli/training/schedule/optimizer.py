"""Adam, whose momentum can change between steps as its learning rate can."""

from collections.abc import Mapping
from typing import Any

from auxnet_cli.backend import Tensor, keras


@keras.saving.register_keras_serializable("auxnet")
class CycledAdam(keras.optimizers.Adam):
    """Adam with β1 as a variable, so that a compiled step reads it anew, and with slow variables.

    Keras keeps β1 as a number, which becomes a constant of a compiled step.

    Args:
        rates: of variables that learn at a part of the learning rate, the part by the variable's
            path.
        settings: those of Adam.
    """

    def __init__(
        self, *args: Any, rates: Mapping[str, float] | None = None, **settings: Any
    ) -> None:
        super().__init__(*args, **settings)
        self.rates = dict(rates or {})

    def build(self, variables: Any) -> None:
        """Creates the optimizer's variables, β1 among them."""
        if self.built:
            return
        super().build(variables)
        start = keras.initializers.Constant(self._beta)
        self._momentum = self.add_variable((), initializer=start, name="beta_1")

    @property
    def beta_1(self) -> Any:
        """The number before :meth:`build`, the variable after it."""
        return getattr(self, "_momentum", self._beta)

    @beta_1.setter
    def beta_1(self, value: float) -> None:
        self._beta = value
        if hasattr(self, "_momentum"):
            self._momentum.assign(value)

    def update_step(self, gradient: Tensor, variable: Any, learning_rate: Tensor) -> None:
        """Moves a variable by Adam's step at its own part of the learning rate."""
        # TensorFlow hands on its own variable, which does not know the path.
        path = self._trainable_variables[self._get_variable_index(variable)].path
        part = self.rates.get(path, 1.0)
        super().update_step(gradient, variable, learning_rate * part)

    def get_config(self) -> dict[str, Any]:
        """Returns what rebuilds the optimizer."""
        return {**super().get_config(), "beta_1": self._beta, "rates": self.rates}
