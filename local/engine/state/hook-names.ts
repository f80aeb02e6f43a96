/** When the program's functions are called, as the state spells it. */
export type HookType =
  | "BeforeCreate"
  | "AfterCreate"
  | "BeforeUpdate"
  | "AfterUpdate"
  | "BeforeDelete"
  | "AfterDelete"
  | "OnError";
/** Names of the functions to call, in this order. */
export type HookNames = Readonly<Partial<Record<HookType, readonly string[]>>>;
