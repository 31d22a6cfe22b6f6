import { parentPort, workerData } from "node:worker_threads";
import Database from "libsql";

/**
 * The thread of one connection to an SQLite file: it answers each `{ id, sql, parameters }` with `{ id, rows, changes }`
 * or `{ id, error: { message, code } }`, and `{ close: true }` by closing the file and ending. Plain JavaScript, for a thread
 * starts from a file that Node.js itself can read.
 */
const { file, pragmas } = workerData;
const database = open();

function open() {
  try {
    const opened = new Database(file);
    for (const pragma of pragmas) {
      opened.exec(`pragma ${pragma}`);
    }
    return opened;
  } catch ({ message }) {
    // The package's own errors do not survive the way to the other thread.
    throw new Error(message);
  }
}

/** Statements are few, and made once; the oldest makes room for one more. */
const MOST_STATEMENTS = 200;
const statements = new Map();

function statementOf(sql) {
  let statement = statements.get(sql);
  if (statement === undefined) {
    statement = database.prepare(sql);
    statements.set(sql, statement);
    if (statements.size > MOST_STATEMENTS) {
      statements.delete(statements.keys().next().value);
    }
  }
  return statement;
}

function run({ sql, parameters }) {
  const statement = statementOf(sql);
  if (statement.reader) {
    const rows = statement.all(...parameters);
    return { rows, changes: rows.length };
  }
  return { rows: [], changes: statement.run(...parameters).changes };
}

parentPort.on("message", (message) => {
  if (message.close) {
    database.close();
    parentPort.close();
    return;
  }
  try {
    parentPort.postMessage({ id: message.id, ...run(message) });
  } catch ({ message: text, code }) {
    parentPort.postMessage({ id: message.id, error: { message: text, code } });
  }
});
parentPort.postMessage({ ready: true });
