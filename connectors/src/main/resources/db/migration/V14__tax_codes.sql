-- The code by which whoever books a statement's line works its tax out, as it was when it was made.
alter table statement_line add column tax text not null default '';
