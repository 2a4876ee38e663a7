package io.millrace.connectors.sftp;

import io.millrace.connectors.files.FileFormat;
import io.millrace.connectors.files.FileLimits;
import io.millrace.connectors.source.OptionRange;
import java.net.URI;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * What a route says about its source.
 *
 * @param source its name; empty for the route's id
 * @param server where the files lie
 * @param login who reads them
 * @param folders where they lie, and where they go
 * @param names which of them are read
 * @param format what they hold beside lines of usage
 * @param limits what one may ask for
 * @param readers connections of this node, each with a file of its own
 * @param leastReaders of them that stay where there is little to do
 * @param leastInFlight as {@code inFlight}, where there is little to do
 * @param inFlight lines of one of them that may wait for their commit
 * @param times pauses and waits
 * @param spool the folder for copies
 */
record SftpSourceOptions(
    String source,
    Server server,
    Login login,
    Folders folders,
    Pattern names,
    FileFormat format,
    FileLimits limits,
    int readers,
    int leastReaders,
    int leastInFlight,
    int inFlight,
    Times times,
    Path spool) {
  static final int IN_FLIGHT = 32_768;
  private static final int MOST_READERS = 16;
  private static final int MOST_IN_FLIGHT = 1 << 20;

  SftpSourceOptions {
    OptionRange.check("consumersCount", readers, 1, MOST_READERS, "");
    OptionRange.check("inFlight", inFlight, 1, MOST_IN_FLIGHT, "lines");
    OptionRange.checkLeast("leastConsumers", leastReaders, "consumersCount", readers);
    OptionRange.checkLeast("leastInFlight", leastInFlight, "inFlight", inFlight);
  }

  /**
   * A server.
   *
   * @param knownHosts the file with its host key, as OpenSSH writes it
   */
  record Server(String host, int port, Path knownHosts) {
    private static final int PORT = 22;

    static Server of(String address, String knownHosts) {
      URI uri = URI.create("sftp://" + address);
      if (uri.getHost() == null || uri.getUserInfo() != null || !uri.getPath().isEmpty()) {
        throw new IllegalArgumentException(
            "sftp:"
                + address
                + " must be sftp:host or sftp:host:port; folder and user are options");
      }
      if (knownHosts.isEmpty()) {
        throw new IllegalArgumentException(
            "knownHosts is missing: without the server's host key anybody could send files in its"
                + " name. Write `ssh-keyscan -p PORT HOST > FILE`, compare the key's fingerprint"
                + " with the one its owner tells you, and name the file");
      }
      return new Server(
          uri.getHost(), uri.getPort() < 0 ? PORT : uri.getPort(), Path.of(knownHosts));
    }

    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  /**
   * A login: by key where there is one, else by password. Secrets are in files, which are read at
   * each login: an option would be part of an address, and what is in one is written down.
   *
   * @param passwordFile holds the password and nothing else; empty where there is none
   * @param keyFile a private key as OpenSSH writes it; empty where there is none
   * @param passphraseFile holds the key's passphrase; empty where it has none
   */
  record Login(String user, String passwordFile, String keyFile, String passphraseFile) {
    Login {
      if (user.isEmpty()) {
        throw new IllegalArgumentException("user is missing: SFTP knows no anonymous login");
      }
      if (passwordFile.isEmpty() == keyFile.isEmpty()) {
        throw new IllegalArgumentException("give one of passwordFile and keyFile");
      }
    }

    @Override
    public String toString() {
      return user;
    }
  }

  /**
   * Folders on the server; a relative one is in the login's folder.
   *
   * @param done where files go that were read, in {@code in} where it is relative
   * @param failed where those go of which no line could be used, likewise
   */
  record Folders(String in, String done, String failed) {
    Folders {
      if (in.isEmpty() || done.isEmpty() || failed.isEmpty()) {
        throw new IllegalArgumentException("folder, done and failed must each name a folder");
      }
      in = in.length() > 1 && in.endsWith("/") ? in.substring(0, in.length() - 1) : in;
      done = inside(in, done);
      failed = inside(in, failed);
      if (done.equals(in) || failed.equals(in) || done.equals(failed)) {
        throw new IllegalArgumentException("folder, done and failed must be three folders");
      }
    }

    private static String inside(String in, String folder) {
      if (folder.equals(".") || folder.equals("..")) {
        throw new IllegalArgumentException("folder, done and failed must each name a folder");
      }
      return folder.startsWith("/") ? folder : path(in, folder);
    }

    static String path(String folder, String name) {
      return folder.endsWith("/") ? folder + name : folder + "/" + name;
    }
  }

  /**
   * Pauses and waits, milliseconds.
   *
   * @param poll between two looks at the folder
   * @param settle for how long a file must not have changed before it is read
   * @param drain how long a stop waits for what is in flight
   */
  record Times(long poll, long settle, long drain) {
    private static final long MOST = 3_600_000;

    Times {
      OptionRange.check("poll", poll, 1, MOST, "ms");
      OptionRange.check("settle", settle, 0, MOST, "ms");
      OptionRange.check("drainTimeout", drain, 0, MOST, "ms");
    }
  }

  /** A pattern as shells write it: {@code *} and {@code ?}, and several with commas between. */
  static Pattern names(String globs) {
    StringBuilder pattern = new StringBuilder();
    for (String glob : globs.split(",", -1)) {
      pattern.append(pattern.isEmpty() ? "" : "|");
      glob.strip()
          .chars()
          .forEach(
              c ->
                  pattern.append(
                      switch (c) {
                        case '*' -> ".*";
                        case '?' -> ".";
                        default -> Pattern.quote(Character.toString(c));
                      }));
    }
    return Pattern.compile(pattern.toString(), Pattern.DOTALL);
  }

  @Override
  public String toString() {
    return folders.in + " at " + server;
  }
}
