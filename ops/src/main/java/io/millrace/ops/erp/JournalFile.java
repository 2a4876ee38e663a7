package io.millrace.ops.erp;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * Journal entries in an append-only file, one for each idempotency key. An entry is on the disk
 * before {@link #add} returns. A record that was torn by a crash is cut off when the file is
 * opened.
 *
 * <p>A record is: CRC-32 of the rest (4 bytes), length of the key, the key, length of the body, the
 * body; lengths 4 bytes, big-endian.
 */
final class JournalFile implements AutoCloseable {
  /** No key or body is longer, in bytes. */
  static final int MAX_BYTES = 1 << 20;

  private final FileChannel file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /**
   * One journal entry.
   *
   * @param id the ERP's own: JE-000001, …
   * @param key the idempotency key it came with
   * @param body JSON as it came
   */
  record Entry(String id, String key, String body) {}

  private JournalFile(FileChannel file) {
    this.file = file;
  }

  /**
   * Opens or creates a file.
   *
   * @throws IOException where it can't be read or written, or another process has it open
   */
  static JournalFile open(Path path) throws IOException {
    FileChannel file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      lock(file, path);
      JournalFile journal = new JournalFile(file);
      journal.replay();
      return journal;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static void lock(FileChannel file, Path path) throws IOException {
    try {
      if (file.tryLock() != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      // Another server in this very process.
    }
    throw new IOException(path + " is in use by another ERP");
  }

  private void replay() throws IOException {
    long good = 0;
    DataInputStream in =
        new DataInputStream(new BufferedInputStream(Channels.newInputStream(file)));
    try {
      while (true) {
        int crc = in.readInt();
        byte[] key = bytes(in);
        byte[] body = bytes(in);
        if (crc != crc(key, body)) {
          break;
        }
        remember(text(key), text(body));
        good += 12 + key.length + body.length;
      }
    } catch (EOFException torn) {
      // The record that a crash tore was never answered, so its sender asks again.
    }
    file.truncate(good);
    file.position(good);
    file.force(true);
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > MAX_BYTES) {
      throw new EOFException("a torn length");
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return bytes;
  }

  private static int crc(byte[] key, byte[] body) {
    CRC32 crc = new CRC32();
    crc.update(ByteBuffer.allocate(8).putInt(key.length).putInt(body.length).flip());
    crc.update(key);
    crc.update(body);
    return (int) crc.getValue();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private Entry remember(String key, String body) {
    String number = Integer.toString(entries.size() + 1);
    String id = "JE-" + "0".repeat(Math.max(0, 6 - number.length())) + number;
    Entry entry = new Entry(id, key, body);
    entries.put(key, entry);
    return entry;
  }

  /** The entry that came with this key. */
  synchronized Optional<Entry> find(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  /** All entries, oldest first. */
  synchronized List<Entry> all() {
    return new ArrayList<>(entries.values());
  }

  /**
   * Stores an entry under a new key, durably; where the key is known it stores nothing.
   *
   * @return the key's entry, whichever body it has
   */
  synchronized Entry add(String key, String body) throws IOException {
    Entry known = entries.get(key);
    if (known != null) {
      return known;
    }
    byte[] k = key.getBytes(StandardCharsets.UTF_8);
    byte[] b = body.getBytes(StandardCharsets.UTF_8);
    ByteBuffer record = ByteBuffer.allocate(12 + k.length + b.length);
    record.putInt(crc(k, b)).putInt(k.length).put(k).putInt(b.length).put(b).flip();
    long before = file.position();
    try {
      while (record.hasRemaining()) {
        file.write(record);
      }
      file.force(false);
    } catch (IOException e) {
      // What was not answered must not be there: a later entry would follow half a record.
      file.truncate(before);
      throw e;
    }
    return remember(key, body);
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}
