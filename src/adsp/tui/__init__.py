"""The screens: the only place that imports textual. They ask the desk and draw what comes back."""
