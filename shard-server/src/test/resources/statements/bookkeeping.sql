-- session
SET NAMES utf8mb4 COLLATE utf8mb4_bin, SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', SESSION time_zone = '+00:00', SESSION foreign_key_checks = 1, SESSION unique_checks = 1, SESSION innodb_strict_mode = 1, SESSION innodb_lock_wait_timeout = 5, SESSION lock_wait_timeout = 5;

-- settings
SELECT @@default_storage_engine, @@log_bin, @@innodb_doublewrite, @@innodb_force_recovery, @@max_allowed_packet, @@explicit_defaults_for_timestamp, @@innodb_page_size;

-- wait long
SET SESSION lock_wait_timeout = 60;

-- wait shortly
SET SESSION lock_wait_timeout = 5;

-- index columns
SELECT i.INDEX_NAME, i.COLUMN_NAME, c.COLUMN_COMMENT FROM information_schema.STATISTICS i JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = i.TABLE_SCHEMA AND c.TABLE_NAME = i.TABLE_NAME AND c.COLUMN_NAME = i.COLUMN_NAME WHERE i.TABLE_SCHEMA = ? AND i.TABLE_NAME = ? AND i.INDEX_NAME LIKE 'sdb\_%' ORDER BY i.INDEX_NAME, i.SEQ_IN_INDEX;

-- flush
FLUSH ENGINE LOGS;

-- create marker schema
CREATE DATABASE IF NOT EXISTS `shardeddb_server` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- create marker
CREATE TABLE IF NOT EXISTS `shardeddb_server`.`volume` (`id` TINYINT NOT NULL, `volume_id` VARCHAR(64) NOT NULL, PRIMARY KEY (`id`)) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT = DYNAMIC;

-- read marker
SELECT `volume_id` FROM `shardeddb_server`.`volume` WHERE `id` = 1;

-- write marker
REPLACE INTO `shardeddb_server`.`volume` (`id`, `volume_id`) VALUES (1, ?);

-- drop schema
DROP DATABASE IF EXISTS `s_0123456789abcdef0123456789abcdef`;

-- create schema
CREATE DATABASE IF NOT EXISTS `s_0123456789abcdef0123456789abcdef` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- create applied
CREATE TABLE IF NOT EXISTS `s_0123456789abcdef0123456789abcdef`.`_shardeddb_applied` (`id` TINYINT NOT NULL, `log_index` BIGINT NOT NULL, `log_term` BIGINT NOT NULL, `member_id` VARCHAR(64) NOT NULL, `boot_counter` BIGINT NOT NULL, `last_timestamp` BIGINT NOT NULL, `schema_version` BIGINT NOT NULL, `schema_definition` LONGBLOB NULL, `owns` TINYINT NOT NULL, `owns_from` BIGINT NULL, `owns_to` BIGINT NULL, `epoch` BIGINT NOT NULL, `is_open` TINYINT NOT NULL, `state_hash` BIGINT NOT NULL, `configuration` LONGBLOB NULL, `configuration_index` BIGINT NOT NULL, `request_floor` BIGINT NOT NULL, `request_count` BIGINT NOT NULL, PRIMARY KEY (`id`)) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT = DYNAMIC;

-- create requests
CREATE TABLE IF NOT EXISTS `s_0123456789abcdef0123456789abcdef`.`_shardeddb_requests` (`log_index` BIGINT NOT NULL, `logged_at` BIGINT NOT NULL, `records` LONGBLOB NOT NULL, PRIMARY KEY (`log_index`)) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT = DYNAMIC;

-- create copy
CREATE TABLE IF NOT EXISTS `s_0123456789abcdef0123456789abcdef`.`_shardeddb_copy` (`id` TINYINT NOT NULL, `copy_id` VARCHAR(64) NOT NULL, `position` LONGBLOB NULL, PRIMARY KEY (`id`)) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT = DYNAMIC;

-- insert applied
INSERT INTO `s_0123456789abcdef0123456789abcdef`.`_shardeddb_applied` (`id`, `log_index`, `log_term`, `member_id`, `boot_counter`, `last_timestamp`, `schema_version`, `owns`, `owns_from`, `owns_to`, `epoch`, `is_open`, `state_hash`, `configuration_index`, `request_floor`, `request_count`) VALUES (1, 0, 0, ?, ?, 0, 0, 0, NULL, NULL, 0, 0, 0, 0, 0, 0);

-- lock applied
SELECT `log_index`, `log_term`, `member_id`, `boot_counter`, `last_timestamp`, `schema_version`, `owns`, `owns_from`, `owns_to`, `epoch`, `is_open`, `state_hash`, `configuration_index`, `request_floor`, `request_count` FROM `s_0123456789abcdef0123456789abcdef`.`_shardeddb_applied` WHERE `id` = 1 FOR UPDATE;

-- read applied
SELECT `log_index`, `log_term`, `member_id`, `boot_counter`, `last_timestamp`, `schema_version`, `owns`, `owns_from`, `owns_to`, `epoch`, `is_open`, `state_hash`, `configuration_index`, `request_floor`, `request_count` FROM `s_0123456789abcdef0123456789abcdef`.`_shardeddb_applied` WHERE `id` = 1;

-- read view state
SELECT a.`log_index`, a.`schema_version`, a.`owns`, a.`owns_from`, a.`owns_to`, a.`epoch` FROM `s_0123456789abcdef0123456789abcdef`.`_shardeddb_applied` a WHERE a.`id` = 1;

-- read applied blobs
SELECT `schema_definition`, `configuration` FROM `s_0123456789abcdef0123456789abcdef`.`_shardeddb_applied` WHERE `id` = 1;

-- advance applied
UPDATE `s_0123456789abcdef0123456789abcdef`.`_shardeddb_applied` SET `log_index` = ?, `log_term` = ?, `last_timestamp` = ?, `state_hash` = ?, `request_floor` = ?, `request_count` = ? WHERE `id` = 1;

-- set ownership
UPDATE `s_0123456789abcdef0123456789abcdef`.`_shardeddb_applied` SET `owns` = ?, `owns_from` = ?, `owns_to` = ?, `epoch` = ?, `is_open` = ? WHERE `id` = 1;

-- set configuration
UPDATE `s_0123456789abcdef0123456789abcdef`.`_shardeddb_applied` SET `configuration` = ?, `configuration_index` = ? WHERE `id` = 1;

-- set schema
UPDATE `s_0123456789abcdef0123456789abcdef`.`_shardeddb_applied` SET `schema_version` = ?, `schema_definition` = ? WHERE `id` = 1;

-- set member
UPDATE `s_0123456789abcdef0123456789abcdef`.`_shardeddb_applied` SET `member_id` = ?, `boot_counter` = ? WHERE `id` = 1;

-- insert requests
INSERT INTO `s_0123456789abcdef0123456789abcdef`.`_shardeddb_requests` (`log_index`, `logged_at`, `records`) VALUES (?, ?, ?);

-- delete requests
DELETE FROM `s_0123456789abcdef0123456789abcdef`.`_shardeddb_requests` WHERE `log_index` <= ?;

-- read request
SELECT `records` FROM `s_0123456789abcdef0123456789abcdef`.`_shardeddb_requests` WHERE `log_index` = ?;

-- read requests
SELECT `log_index`, `logged_at`, `records` FROM `s_0123456789abcdef0123456789abcdef`.`_shardeddb_requests` WHERE `log_index` > ? ORDER BY `log_index` LIMIT ?;

-- read copy
SELECT `copy_id`, `position` FROM `s_0123456789abcdef0123456789abcdef`.`_shardeddb_copy` WHERE `id` = 1;

-- begin copy
REPLACE INTO `s_0123456789abcdef0123456789abcdef`.`_shardeddb_copy` (`id`, `copy_id`, `position`) VALUES (1, ?, NULL);

-- advance copy
UPDATE `s_0123456789abcdef0123456789abcdef`.`_shardeddb_copy` SET `position` = ? WHERE `id` = 1;

-- end copy
DELETE FROM `s_0123456789abcdef0123456789abcdef`.`_shardeddb_copy` WHERE `id` = 1;
