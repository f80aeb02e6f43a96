/** A Python program, as its text: the bundle carries it along (`render/bundle.ts`). */
declare module "*.py" {
  const text: string;
  export default text;
}
