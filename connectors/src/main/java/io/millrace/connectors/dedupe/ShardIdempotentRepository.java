package io.millrace.connectors.dedupe;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;

/**
 * Camel's idempotent repository for plain routes, which lose nothing by it.
 *
 * <p>{@code add} takes a lease in Hazelcast, tagged with the member that holds it; {@code confirm}
 * writes the mark to {@link ConfirmedKeys}. Only a confirmed key reads as seen. A key under the
 * lease of a live exchange is neither new nor seen: {@code add} fails with {@link LeaseHeld}, so
 * that the message is delivered again. A lease ends with its time, or as soon as its member has
 * left the cluster: then the next delivery is new.
 *
 * <p>A lease must last longer than the work. A crash between the work and {@code confirm} makes the
 * work run twice, unless it marks the key in its own transaction ({@link
 * PostgresConfirmedKeys#confirm(java.sql.Connection, UUID)} with {@link #fingerprint}). Charging
 * never goes this way: the shards mark their windows in the commit that charges.
 */
public final class ShardIdempotentRepository extends ServiceSupport
    implements IdempotentRepository {

  /** How long the hint of a confirmed key spares the database a question. */
  static final Duration HINT = Duration.ofMinutes(10);

  private final String name;
  private final SecretKeySpec key;
  private final ConfirmedKeys confirmed;
  private final Duration lease;
  private final HazelcastInstance hazelcast;
  private final IMap<UUID, String> leases;
  private final IMap<UUID, Boolean> hints;
  private final ConcurrentMap<UUID, String> held = new ConcurrentHashMap<>();
  private final AtomicLong tokens = new AtomicLong();

  /**
   * A repository.
   *
   * @param name tells its keys from another repository's; with the tenant in it
   * @param key of the tenant's fingerprints
   * @param lease how long a message may be worked on
   */
  public ShardIdempotentRepository(
      HazelcastInstance hazelcast,
      ConfirmedKeys confirmed,
      String name,
      byte[] key,
      Duration lease) {
    this.hazelcast = hazelcast;
    this.confirmed = confirmed;
    this.name = name;
    this.key = new SecretKeySpec(key, "HmacSHA256");
    this.lease = lease;
    this.leases = hazelcast.getMap(HazelcastNode.LEASES + name);
    this.hints = hazelcast.getMap(HazelcastNode.HINTS + name);
  }

  /** 128 bits that stand for a message's key. */
  public UUID fingerprint(String messageKey) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      ByteBuffer hash = ByteBuffer.wrap(mac.doFinal(messageKey.getBytes(StandardCharsets.UTF_8)));
      return new UUID(hash.getLong(), hash.getLong());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JVM has HmacSHA256", e);
    }
  }

  @Override
  public boolean add(String messageKey) {
    UUID print = fingerprint(messageKey);
    if (hints.containsKey(print)) {
      return false;
    }
    String mine = take(print);
    boolean done = true;
    try {
      // Asked under the lease: whoever confirmed did it before the lease was free.
      done = confirmed.contains(print);
    } finally {
      if (done) {
        leases.remove(print, mine);
      }
    }
    if (done) {
      hints.set(print, true, HINT.toMillis(), TimeUnit.MILLISECONDS);
      return false;
    }
    held.put(print, mine);
    return true;
  }

  private String take(UUID print) {
    String mine = owner() + " " + tokens.incrementAndGet();
    @Nullable String other =
        leases.putIfAbsent(print, mine, lease.toMillis(), TimeUnit.MILLISECONDS);
    if (other == null) {
      return mine;
    }
    if (isLive(other) || !leases.replace(print, other, mine)) {
      throw new LeaseHeld(name);
    }
    leases.setTtl(print, lease.toMillis(), TimeUnit.MILLISECONDS);
    return mine;
  }

  private String owner() {
    return hazelcast.getCluster().getLocalMember().getUuid().toString();
  }

  private boolean isLive(String lease) {
    String owner = lease.substring(0, lease.indexOf(' '));
    return hazelcast.getCluster().getMembers().stream()
        .anyMatch(member -> member.getUuid().toString().equals(owner));
  }

  /** Whether its work is confirmed. */
  @Override
  public boolean contains(String messageKey) {
    UUID print = fingerprint(messageKey);
    return hints.containsKey(print) || confirmed.contains(print);
  }

  /** Gives the lease back. What is confirmed stays so. */
  @Override
  public boolean remove(String messageKey) {
    UUID print = fingerprint(messageKey);
    String mine = held.remove(print);
    return mine != null && leases.remove(print, mine);
  }

  /**
   * Marks the key for good.
   *
   * @return false where it was marked already
   */
  @Override
  public boolean confirm(String messageKey) {
    UUID print = fingerprint(messageKey);
    boolean first = confirmed.confirm(print);
    String mine = held.remove(print);
    hints.set(print, true, HINT.toMillis(), TimeUnit.MILLISECONDS);
    if (mine != null) {
      leases.remove(print, mine);
    }
    return first;
  }

  @Override
  public void clear() {
    confirmed.clear();
    hints.clear();
    leases.clear();
    held.clear();
  }
}
