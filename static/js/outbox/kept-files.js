// Files of messages that wait, in the browser's own database: a bounded number of them, and nobody's but the viewer's.
// Fetched by the outbox when there is something to keep or to find again.

const MOST_FILES = 20;
const MOST_BYTES = 50 * 2 ** 20;
const FORGOTTEN = 60_000;
const { viewer } = document.body.dataset;

const answered = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function within(mode, act) {
  const opening = indexedDB.open("outbox", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("files", { keyPath: "id" });
  const database = await answered(opening);
  try {
    const change = database.transaction("files", mode);
    const written = new Promise((resolve, reject) => {
      change.oncomplete = resolve;
      change.onabort = () => reject(change.error);
    });
    const [result] = await Promise.all([act(change.objectStore("files")), written]);
    return result;
  } finally {
    database.close();
  }
}

// What another person left here, or a page that closed before it had noted its message, is in nobody's way.
function isLeft({ id, owner, at }) {
  const waiting = JSON.parse(localStorage.getItem(`outbox:${viewer}`) ?? "[]");
  return owner !== viewer || (Date.now() - at > FORGOTTEN && !waiting.some((entry) => entry.id === id));
}

// Rejects when the browser refuses, or when it would be too much.
export function keep(id, files) {
  return within("readwrite", async (store) => {
    const all = await answered(store.getAll());
    for (const one of all.filter(isLeft)) store.delete(one.id);
    const sizes = [{ files }, ...all.filter((one) => !isLeft(one))].flatMap((one) => one.files.map((file) => file.size));
    if (sizes.length > MOST_FILES || sizes.reduce((sum, size) => sum + size, 0) > MOST_BYTES) throw new RangeError("too much to keep");
    return answered(store.put({ id, owner: viewer, at: Date.now(), files }));
  });
}

// Nothing, when they are not there.
export async function find(id) {
  const kept = await within("readonly", (store) => answered(store.get(id)));
  return kept?.owner === viewer ? kept.files : undefined;
}

export function drop(id) {
  return within("readwrite", (store) => answered(store.delete(id)));
}
