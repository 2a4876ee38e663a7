-- What a node's clock was believed to be: a stop outlives the process that saw it. Times are
-- milliseconds since 1970-01-01 UTC, since a wrong clock may say anything.
create table clock (
  tenant            int not null references tenant,
  node              text not null,
  stopped           text check (stopped in ('jump', 'difference', 'behind')),  -- null: it is believed
  node_time         bigint,                    -- what the node's clock said when it stopped
  held              bigint,                    -- the last time that could be believed
  since             bigint,                    -- when that was, by the database's clock
  agreed_difference bigint not null default 0, -- node's minus database's that an operator took for right
  agreed_ahead      bigint not null,           -- up to here shards may be ahead of the clock
  agreed_by         text,
  agreed_at         bigint,                    -- by the database's clock
  primary key (tenant, node),
  check (stopped is null or (node_time is not null and held is not null and since is not null))
);
