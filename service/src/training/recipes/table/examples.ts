import { between, randomFrom, type Random } from "../../random.js";

const ROWS = 6000;

/** A made-up data set as CSV, the same each time. */
export function exampleCsv(name: string): string {
  const make = name === "fraud" ? fraud : recommendation;
  return [...make(randomFrom(`example ${name}`))].map((row) => `${row.map(field).join(",")}\n`).join("");
}

function field(value: string | number): string {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function pick<T>(random: Random, values: readonly T[]): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) {
    throw new RangeError("There is nothing to pick from.");
  }
  return value;
}

function chance(random: Random, score: number): boolean {
  return random() < 1 / (1 + Math.exp(-score));
}

/** Payments, of which some 7 % are fraud: large ones at night, from abroad, on young accounts. Some ages are not known. */
function* fraud(random: Random): Generator<(string | number)[]> {
  yield ["amount", "hour", "country", "merchant", "account_age_days", "payments_last_day", "fraud"];
  for (let row = 0; row < ROWS; row += 1) {
    const amount = Math.round(Math.exp(between(random, 1, 7)) * 100) / 100;
    const hour = Math.floor(between(random, 0, 24));
    const country = pick(random, ["DE", "DE", "DE", "FR", "NL", "US", "BR", "SG"]);
    const merchant = pick(random, [
      "groceries",
      "travel",
      "electronics",
      "gift cards",
      "books, music",
      "fuel",
    ]);
    const age = Math.floor(between(random, 0, 2000));
    const payments = Math.floor(between(random, 0, 12));
    const score =
      -9 +
      Math.log(amount) * 0.9 +
      (hour < 6 ? 1.5 : 0) +
      (["BR", "SG"].includes(country) ? 1.6 : 0) +
      (merchant === "gift cards" ? 1.8 : merchant === "electronics" ? 0.8 : 0) -
      age / 900 +
      payments * 0.2;
    yield [
      amount,
      hour,
      country,
      merchant,
      random() < 0.1 ? "" : age,
      payments,
      chance(random, score) ? "yes" : "no",
    ];
  }
}

const GENRES = ["drama", "comedy", "science fiction", "documentary", "crime"];

/** Ratings of films, from 1 to 5: by users who like some genres more, of items that are better or worse. */
function* recommendation(random: Random): Generator<(string | number)[]> {
  yield ["user", "item", "user_age", "genre", "item_year", "rating"];
  const users = Array.from({ length: 150 }, (_, index) => ({
    name: `user-${index + 1}`,
    age: Math.floor(between(random, 16, 80)),
    mood: between(random, -0.6, 0.6),
    taste: GENRES.map(() => between(random, -1, 1)),
  }));
  const items = Array.from({ length: 80 }, (_, index) => ({
    name: `film-${index + 1}`,
    genre: Math.floor(random() * GENRES.length),
    year: Math.floor(between(random, 1960, 2025)),
    quality: between(random, -1, 1),
  }));
  for (let row = 0; row < ROWS; row += 1) {
    const user = pick(random, users);
    const item = pick(random, items);
    const rating =
      3.2 + user.mood + item.quality + (user.taste[item.genre] ?? 0) * 0.5 + between(random, -0.5, 0.5);
    const shown = Math.round(Math.max(1, Math.min(5, rating)) * 10) / 10;
    yield [user.name, item.name, random() < 0.05 ? "" : user.age, GENRES[item.genre] ?? "", item.year, shown];
  }
}
