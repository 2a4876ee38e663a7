-- What of a checkpoint's body does not fit its row: further parts in order. One row of megabytes is one
-- statement, and commits wait for the log until all of it is on disk.
create table checkpoint_part (
  tenant int not null,
  shard  smallint not null,
  seq    bigint not null,
  n      int not null,                         -- from 1; the row of the checkpoint has the first
  body   bytea not null,
  primary key (tenant, shard, seq, n),
  foreign key (tenant, shard, seq) references checkpoint on delete cascade
);
alter table checkpoint_part alter column body set storage external;
