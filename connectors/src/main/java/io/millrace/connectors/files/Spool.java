package io.millrace.connectors.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Set;

/**
 * A file's bytes on this node's disk while it is read. It has no name there: it is unlinked as soon
 * as it is open, so that nothing is left behind by a process that dies, and no sender chooses where
 * anything is written.
 */
public final class Spool implements AutoCloseable {
  private final FileChannel channel;
  private final MessageDigest digest;
  private long size;

  private Spool(FileChannel channel, MessageDigest digest) {
    this.channel = channel;
    this.digest = digest;
  }

  /**
   * An empty one.
   *
   * @param folder on the disk to use; created where it is not there
   * @param digest of its bytes, SHA-256
   */
  public static Spool in(Path folder, MessageDigest digest) throws IOException {
    Files.createDirectories(folder);
    Path file =
        Files.createTempFile(
            folder,
            "millrace-",
            ".spool",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      return new Spool(
          FileChannel.open(file, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE)),
          digest);
    } finally {
      Files.delete(file);
    }
  }

  /** Adds bytes. */
  public void write(byte[] bytes, int from, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, from, length);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    digest.update(bytes, from, length);
    size += length;
  }

  /**
   * Ends the writing; a disk that could not keep what was written says so here.
   *
   * @return the digest of all bytes
   */
  public byte[] seal() throws IOException {
    channel.force(false);
    return digest.digest();
  }

  /** How many bytes it has. */
  public long size() {
    return size;
  }

  /** Its bytes from the first on; as often as one likes. */
  InputStream open() {
    return new InputStream() {
      private long at;

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int from, int length) throws IOException {
        int n = channel.read(ByteBuffer.wrap(into, from, length), at);
        at += Math.max(0, n);
        return n;
      }
    };
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
