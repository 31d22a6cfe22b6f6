// The policy host loads CommonJS; tsx strips the types as it does for the program.
require("tsx/cjs");
require("./pack.ts");
