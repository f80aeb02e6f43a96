import comments from "@eslint-community/eslint-plugin-eslint-comments/configs";
import importX from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/**
 * An object of five and more keys is read line by line; the formatter keeps the break after its
 * brace.
 */
const longObject = {
  meta: { type: "layout", fixable: "whitespace", schema: [] },
  create: (context) => ({
    ObjectExpression: (node) => {
      const brace = context.sourceCode.getFirstToken(node);
      const [first] = node.properties;
      if (node.properties.length < 5 || first.loc.start.line > brace.loc.end.line) return;
      context.report({
        node,
        message: "An object of five and more keys has one to a line.",
        fix: (fixer) => fixer.insertTextAfter(brace, "\n"),
      });
    },
  }),
};

/**
 * One dialect for all that is written here, programs of the servers and shipped scripts included.
 */
const dialect = {
  "func-style": ["error", "expression"],
  "max-depth": ["error", 4],
  "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
  "no-nested-ternary": "error",
  "no-var": "error",
  "object-shorthand": "error",
  "prefer-const": "error",
  "no-warning-comments": ["error", { terms: ["todo", "fixme", "xxx"] }],
  "house/long-object": "error",
  "import-x/first": "error",
  "import-x/no-duplicates": "error",
  "import-x/order": [
    "error",
    {
      groups: ["builtin", "external", ["parent", "sibling", "index"]],
      "newlines-between": "always",
      alphabetize: { order: "asc" },
    },
  ],
  "@eslint-community/eslint-comments/require-description": "error",
  "@eslint-community/eslint-comments/no-unused-disable": "error",
};

export default tseslint.config(
  {
    ignores: ["**/node_modules/", "**/.build/", "coverage/", "local/digitalocean-api/schema/"],
  },
  {
    plugins: { house: { rules: { "long-object": longObject } }, "import-x": importX },
    extends: [comments.recommended],
  },
  { files: ["**/*.{js,cjs,mjs,ts}"], rules: dialect },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/naming-convention": [
        "error",
        {
          selector: "variable",
          modifiers: ["const", "global"],
          types: ["boolean", "number", "string"],
          format: ["UPPER_CASE"],
        },
      ],
    },
  },
  {
    files: ["**/*.ts"],
    ignores: ["tests/**", "services/**", "bench/**"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "ClassDeclaration[superClass=null]",
          message: "Make it with a createX (in memory) or openX (reads or connects) function.",
        },
      ],
    },
  },
  {
    // Inside, nothing is undefined. JSON of others, the wire of gRPC and SQL have their null.
    files: ["**/*.ts"],
    ignores: ["tests/**", "services/**", "bench/**", "local/**"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "ClassDeclaration[superClass=null]",
          message: "Make it with a createX (in memory) or openX (reads or connects) function.",
        },
        { selector: "Literal[raw='null']", message: "Nothing is undefined here." },
      ],
    },
  },
  {
    // Its exports are the stack's outputs, named as Pulumi's users name them.
    files: ["index.ts"],
    rules: { "@typescript-eslint/naming-convention": "off" },
  },
  {
    // A test is named by its promise; a story of one test may be as long as it is.
    files: ["tests/**", "bench/**"],
    rules: { "max-lines-per-function": "off" },
  },
  {
    // A stand-in keeps the signature of what it stands for, and expect() takes methods.
    files: ["tests/**/*.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "CallExpression[callee.name=/^(test|(before|after)(All|Each))$/] > Literal[raw=/^[0-9]/], CallExpression[callee.object.name='jest'][callee.property.name='setTimeout']",
          message: "Without a time limit of its own: on a busy machine the common one holds.",
        },
        {
          selector: "CallExpression[callee.name='once'] > Literal[value='exit']",
          message: "One that has ended says it no more: ask exitOf (tests/fixtures/exit-of.ts).",
        },
      ],
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/unbound-method": "off",
    },
  },
);
