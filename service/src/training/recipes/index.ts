import { ServiceError } from "../../server/errors.js";
import { quoted } from "../../server/quoted.js";
import { digits } from "./digits/recipe.js";
import type { Recipe } from "./recipe.js";
import { table } from "./table/recipe.js";

/** Every recipe, by the name that a job asks for. */
export const RECIPES: Readonly<Record<string, Recipe>> = { digits, table };

/** Throws invalid_input naming those that there are. */
export function recipeNamed(name: string): Recipe {
  const recipe = Object.hasOwn(RECIPES, name) ? RECIPES[name] : undefined;
  if (recipe === undefined) {
    const known = Object.keys(RECIPES).join(", ");
    throw new ServiceError("invalid_input", `There is no recipe ${quoted(name)}; there are ${known}.`, {
      path: "recipe",
    });
  }
  return recipe;
}
