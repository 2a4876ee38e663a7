package io.millrace.connectors.mqtt;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Gives the Paho client, which reads a packet with four system calls and writes every
 * acknowledgement with one, sockets that do neither: reads are buffered, and an acknowledgement is
 * written together with those that wait behind it. Made for one connection.
 */
final class BufferedSockets extends SocketFactory {
  private static final int READ_BYTES = 1 << 16;
  private static final int WRITE_BYTES = 1 << 13;
  private static final int PUBACK = 0x40;

  private final AtomicLong handed = new AtomicLong();
  private volatile @Nullable Socket last;

  /** Counts an acknowledgement that the client has been given, and that it will therefore write. */
  void acknowledged() {
    handed.incrementAndGet();
  }

  /** Cuts the connection without a word, whatever the client is doing. */
  void cut() {
    Socket socket = last;
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException e) {
        // it is gone either way
      }
    }
  }

  @Override
  public Socket createSocket() {
    Socket socket = new BufferedSocket();
    last = socket;
    return socket;
  }

  private final class BufferedSocket extends Socket {
    private @Nullable InputStream in;
    private @Nullable OutputStream out;

    @Override
    public synchronized InputStream getInputStream() throws IOException {
      InputStream buffered = in;
      if (buffered == null) {
        buffered = new BufferedInputStream(super.getInputStream(), READ_BYTES);
        in = buffered;
      }
      return buffered;
    }

    @Override
    public synchronized OutputStream getOutputStream() throws IOException {
      OutputStream joined = out;
      if (joined == null) {
        setTcpNoDelay(true);
        joined = new JoinedAcknowledgements(super.getOutputStream());
        out = joined;
      }
      return joined;
    }

    /**
     * The client would time reads out each second, and loses its place in the stream where that
     * happens within a packet's first bytes. It needs no time-out: closing the socket ends a read.
     */
    @Override
    public void setSoTimeout(int millis) {}
  }

  /**
   * Holds a flush back while acknowledgements are on their way to it. The client writes each packet
   * with its first byte first and flushes after each; a count handed over is a packet that follows
   * for certain, so nothing is held back for good.
   */
  private final class JoinedAcknowledgements extends OutputStream {
    private final OutputStream wire;
    private final byte[] buffer = new byte[WRITE_BYTES];
    private int length;
    private long written;
    private boolean packetBegins = true;

    JoinedAcknowledgements(OutputStream wire) {
      this.wire = wire;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      if (packetBegins && count > 0 && (bytes[from] & 0xF0) == PUBACK) {
        written++;
      }
      packetBegins = false;
      if (length + count > buffer.length) {
        wire.write(buffer, 0, length);
        length = 0;
      }
      if (count > buffer.length) {
        wire.write(bytes, from, count);
      } else {
        System.arraycopy(bytes, from, buffer, length, count);
        length += count;
      }
    }

    @Override
    public void flush() throws IOException {
      packetBegins = true;
      if (length > 0 && handed.get() <= written) {
        wire.write(buffer, 0, length);
        length = 0;
        wire.flush();
      }
    }

    @Override
    public void close() throws IOException {
      wire.close();
    }
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException("the client connects its sockets itself");
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress from, int fromPort) {
    return createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    return createSocket(host.getHostAddress(), port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) {
    return createSocket(host.getHostAddress(), port);
  }
}
