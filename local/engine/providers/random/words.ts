/** For RandomPet: "quiet-otter". */
export const QUALITIES = [
  "able", "brave", "bright", "calm", "clever", "crisp", "daring", "eager", "early", "fair", "firm", "fresh", "gentle", "glad", "golden", "honest", "humble", "keen", "kind", "light",
  "lively", "loyal", "lucky", "mellow", "merry", "mild", "modest", "neat", "noble", "patient", "placid", "plain", "proud", "quick", "quiet", "rapid", "ready", "sharp", "silent", "simple",
  "sleek", "smart", "smooth", "solid", "spry", "steady", "still", "strong", "sturdy", "sunny", "swift", "tidy", "trusty", "vivid", "warm", "wise", "witty", "young", "zesty",
] as const;
export const NOUNS = [
  "badger", "bear", "beaver", "bison", "cat", "crane", "deer", "dog", "dolphin", "dove", "duck", "eagle", "falcon", "ferret", "finch", "fox", "frog", "gecko", "goat", "goose",
  "hare", "hawk", "heron", "horse", "ibex", "jay", "lark", "lion", "lizard", "lynx", "magpie", "marten", "mole", "moose", "mouse", "newt", "orca", "osprey", "otter", "owl",
  "panda", "pelican", "pony", "puffin", "quail", "rabbit", "raven", "robin", "salmon", "seal", "sheep", "shrew", "snail", "sparrow", "squid", "stork", "swan", "tapir", "toad", "trout",
  "turtle", "viper", "vole", "whale", "wolf", "wombat", "wren", "yak", "zebra",
] as const;
