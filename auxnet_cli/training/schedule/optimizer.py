"""Adam, whose momentum can change between steps as its learning rate can."""

from typing import Any

from auxnet_cli.backend import keras


@keras.saving.register_keras_serializable("auxnet")
class CycledAdam(keras.optimizers.Adam):
    """Adam with β1 as a variable, so that a compiled step reads it anew.

    Keras keeps β1 as a number, which becomes a constant of a compiled step.
    """

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

    def get_config(self) -> dict[str, Any]:
        """Returns what rebuilds the optimizer."""
        return {**super().get_config(), "beta_1": self._beta}
