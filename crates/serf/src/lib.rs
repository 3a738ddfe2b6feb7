//! Above swim: who joined, who left on purpose, tags, events, coordinates; serf's wire forms.
