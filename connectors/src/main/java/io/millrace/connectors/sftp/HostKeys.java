package io.millrace.connectors.sftp;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.client.keyverifier.KnownHostsServerKeyVerifier;
import org.apache.sshd.client.keyverifier.RejectAllServerKeyVerifier;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.signature.Signature;
import org.jspecify.annotations.Nullable;

/** Lets a server in whose host key is in the file of known hosts; it is read at each connection. */
final class HostKeys implements ServerKeyVerifier {
  private final SftpSourceOptions.Server server;
  private final ServerKeyVerifier file;
  private volatile @Nullable String refusal;

  HostKeys(SftpSourceOptions.Server server) throws IOException {
    this.server = server;
    if (!Files.isReadable(server.knownHosts())) {
      throw new IOException(
          "knownHosts="
              + server.knownHosts()
              + " can't be read; write it by `ssh-keyscan -p "
              + server.port()
              + ' '
              + server.host()
              + "` and compare the key's fingerprint with the one its owner tells you");
    }
    this.file =
        new KnownHostsServerKeyVerifier(RejectAllServerKeyVerifier.INSTANCE, server.knownHosts());
  }

  /** Has the server show a key of a kind that the file knows, where it has several. */
  void prefer(SshClient client) throws IOException {
    Set<String> known =
        KnownHostEntry.readKnownHostEntries(server.knownHosts()).stream()
            .filter(e -> e.isHostMatch(server.host(), server.port()))
            .map(e -> e.getKeyEntry().getKeyType())
            .collect(Collectors.toSet());
    List<NamedFactory<Signature>> ordered = new ArrayList<>(client.getSignatureFactories());
    ordered.sort(
        Comparator.comparing(f -> !known.contains(KeyUtils.getCanonicalKeyType(f.getName()))));
    client.setSignatureFactories(ordered);
  }

  @Override
  public boolean verifyServerKey(ClientSession session, SocketAddress address, PublicKey key) {
    boolean accepted = file.verifyServerKey(session, address, key);
    refusal =
        accepted
            ? null
            : "its host key is not the one in "
                + server.knownHosts()
                + ". It shows "
                + KeyUtils.getFingerPrint(key)
                + "; if its owner says that this is right, put there: ["
                + server.host()
                + "]:"
                + server.port()
                + ' '
                + PublicKeyEntry.toString(key);
    return accepted;
  }

  /** Why the last server was not let in; null where it was. */
  @Nullable String refusal() {
    return refusal;
  }
}
