package io.millrace.ops.embedded;

import java.io.File;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.paging.PagingStore;
import org.apache.activemq.artemis.core.paging.impl.PagingStoreFactoryNIO;
import org.apache.activemq.artemis.core.server.impl.ActiveMQServerImpl;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.utils.ExecutorFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One page store for all topics that nobody reads by their own name. Artemis keeps one for each
 * topic that was ever published to, 9 KB each: 2 GB for a city of 200,000 lamps. Such a store only
 * counts bytes; messages are paged in the store of the subscription that holds them.
 */
final class FewPageStores extends PagingStoreFactoryNIO {
  private static final Logger LOG = LoggerFactory.getLogger(FewPageStores.class);
  private static final SimpleString TOPICS = SimpleString.of("millrace.topics");

  private final ActiveMQServerImpl server;
  private @Nullable PagingStore topics;

  FewPageStores(
      ActiveMQServerImpl server,
      File directory,
      ScheduledExecutorService scheduler,
      ExecutorFactory executors,
      boolean synced) {
    super(
        server.getStorageManager(),
        directory,
        server.getConfiguration().getPageSyncTimeout(),
        scheduler,
        executors,
        synced,
        (cause, message, file) ->
            LOG.error("the broker can't page to {}: {}", file, message, cause));
    this.server = server;
  }

  @Override
  public synchronized PagingStore newStore(SimpleString address, AddressSettings settings) {
    if (server.getPostOffice() == null || server.getAddressInfo(address) != null) {
      return super.newStore(address, settings);
    }
    PagingStore shared = topics;
    if (shared == null) {
      shared = super.newStore(TOPICS, settings);
      topics = shared;
    }
    return shared;
  }
}
