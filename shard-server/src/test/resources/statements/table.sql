-- create
CREATE TABLE IF NOT EXISTS `s_0123456789abcdef0123456789abcdef`.`Marks` (`student` BIGINT NOT NULL, `course` VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, `marks` DECIMAL(5,2) NULL, `taken` DATETIME(3) NULL, `notes` LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL CHECK (JSON_VALID(`notes`)), `raw` BLOB NULL, `_shardeddb_ts` BIGINT NOT NULL, PRIMARY KEY (`student`, `course`)) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT = DYNAMIC;

-- add column
ALTER TABLE `s_0123456789abcdef0123456789abcdef`.`Marks` ADD COLUMN `extra` LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL CHECK (JSON_VALID(`extra`));

-- create with index
CREATE TABLE IF NOT EXISTS `s_0123456789abcdef0123456789abcdef`.`Indexed` (`student` BIGINT NOT NULL, `course` VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, `_shardeddb_ts` BIGINT NOT NULL, PRIMARY KEY (`student`), INDEX `sdb_by_course` (`course`, `student`)) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT = DYNAMIC;

-- change columns
ALTER TABLE `s_0123456789abcdef0123456789abcdef`.`Marks` MODIFY COLUMN `course` VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, MODIFY COLUMN `notes` LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL CHECK (JSON_VALID(`notes`));

-- replace index
ALTER TABLE `s_0123456789abcdef0123456789abcdef`.`Marks` DROP INDEX `sdb_by_course`, ADD INDEX `sdb_by_course` (`course`, `student`);

-- create with index of a path
CREATE TABLE IF NOT EXISTS `s_0123456789abcdef0123456789abcdef`.`people` (`_id` VARBINARY(1024) NOT NULL, `doc` LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL CHECK (JSON_VALID(`doc`)), `_shardeddb_ts` BIGINT NOT NULL, PRIMARY KEY (`_id`), `_shardeddb_t_by_city` VARBINARY(255) GENERATED ALWAYS AS (CASE WHEN JSON_TYPE(JSON_EXTRACT(`doc`, '$."address"')) = 'ARRAY' OR JSON_TYPE(JSON_EXTRACT(`doc`, '$."address"."city"')) = 'ARRAY' THEN '[' WHEN JSON_TYPE(JSON_EXTRACT(`doc`, '$."address"."city"')) = 'OBJECT' THEN '{' ELSE LEFT(CAST(CAST(JSON_EXTRACT(`doc`, '$."address"."city"') AS CHAR CHARACTER SET utf8mb4) AS BINARY), 255) END) STORED COMMENT 'sdb1:doc:address.city', `_shardeddb_n_by_city` DOUBLE GENERATED ALWAYS AS (CASE WHEN JSON_TYPE(JSON_EXTRACT(`doc`, '$."address"')) = 'ARRAY' OR JSON_TYPE(JSON_EXTRACT(`doc`, '$."address"."city"')) = 'ARRAY' THEN -1.7976931348623157E308 WHEN JSON_TYPE(JSON_EXTRACT(`doc`, '$."address"."city"')) IN ('INTEGER', 'DOUBLE', 'UNSIGNED INTEGER', 'DECIMAL') THEN JSON_UNQUOTE(JSON_EXTRACT(`doc`, '$."address"."city"')) + 0E0 END) STORED, INDEX `sdb_by_city` (`_shardeddb_t_by_city`), INDEX `sdn_by_city` (`_shardeddb_n_by_city`)) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT = DYNAMIC;

-- add index of a path
ALTER TABLE `s_0123456789abcdef0123456789abcdef`.`people` ADD COLUMN `_shardeddb_t_by_city` VARBINARY(255) GENERATED ALWAYS AS (CASE WHEN JSON_TYPE(JSON_EXTRACT(`doc`, '$."address"')) = 'ARRAY' OR JSON_TYPE(JSON_EXTRACT(`doc`, '$."address"."city"')) = 'ARRAY' THEN '[' WHEN JSON_TYPE(JSON_EXTRACT(`doc`, '$."address"."city"')) = 'OBJECT' THEN '{' ELSE LEFT(CAST(CAST(JSON_EXTRACT(`doc`, '$."address"."city"') AS CHAR CHARACTER SET utf8mb4) AS BINARY), 255) END) STORED COMMENT 'sdb1:doc:address.city', ADD COLUMN `_shardeddb_n_by_city` DOUBLE GENERATED ALWAYS AS (CASE WHEN JSON_TYPE(JSON_EXTRACT(`doc`, '$."address"')) = 'ARRAY' OR JSON_TYPE(JSON_EXTRACT(`doc`, '$."address"."city"')) = 'ARRAY' THEN -1.7976931348623157E308 WHEN JSON_TYPE(JSON_EXTRACT(`doc`, '$."address"."city"')) IN ('INTEGER', 'DOUBLE', 'UNSIGNED INTEGER', 'DECIMAL') THEN JSON_UNQUOTE(JSON_EXTRACT(`doc`, '$."address"."city"')) + 0E0 END) STORED, ADD INDEX `sdb_by_city` (`_shardeddb_t_by_city`), ADD INDEX `sdn_by_city` (`_shardeddb_n_by_city`);

-- drop index of a path
ALTER TABLE `s_0123456789abcdef0123456789abcdef`.`people` DROP INDEX `sdb_by_city`, DROP INDEX `sdn_by_city`, DROP COLUMN `_shardeddb_t_by_city`, DROP COLUMN `_shardeddb_n_by_city`;

-- drop column
ALTER TABLE `s_0123456789abcdef0123456789abcdef`.`Marks` DROP COLUMN `raw`;

-- insert
INSERT INTO `s_0123456789abcdef0123456789abcdef`.`Marks` (`student`, `course`, `marks`, `taken`, `notes`, `raw`, `_shardeddb_ts`) VALUES (?, ?, ?, ?, ?, ?, ?);

-- upsert
REPLACE INTO `s_0123456789abcdef0123456789abcdef`.`Marks` (`student`, `course`, `marks`, `taken`, `notes`, `raw`, `_shardeddb_ts`) VALUES (?, ?, ?, ?, ?, ?, ?);

-- update
UPDATE `s_0123456789abcdef0123456789abcdef`.`Marks` SET `marks` = ?, `notes` = ?, `_shardeddb_ts` = ? WHERE `student` = ? AND `course` = ?;

-- delete
DELETE FROM `s_0123456789abcdef0123456789abcdef`.`Marks` WHERE `student` = ? AND `course` = ?;

-- existing keys
SELECT t.`student`, t.`course` FROM `s_0123456789abcdef0123456789abcdef`.`Marks` t WHERE ((t.`student` = ? AND t.`course` = ?) OR (t.`student` = ? AND t.`course` = ?));

-- by key
SELECT a.`log_index`, a.`schema_version`, a.`owns`, a.`owns_from`, a.`owns_to`, a.`epoch`, CAST(t.`marks` AS CHAR), CAST(t.`taken` AS CHAR), t.`student`, t.`course`, t.`_shardeddb_ts` FROM `s_0123456789abcdef0123456789abcdef`.`_shardeddb_applied` a LEFT JOIN `s_0123456789abcdef0123456789abcdef`.`Marks` t ON t.`student` = ? AND t.`course` = ? WHERE a.`id` = 1;

-- by keys
SELECT a.`log_index`, a.`schema_version`, a.`owns`, a.`owns_from`, a.`owns_to`, a.`epoch`, CAST(t.`marks` AS CHAR), CAST(t.`taken` AS CHAR), t.`student`, t.`course`, t.`_shardeddb_ts` FROM `s_0123456789abcdef0123456789abcdef`.`_shardeddb_applied` a LEFT JOIN `s_0123456789abcdef0123456789abcdef`.`Marks` t ON ((t.`student` = ? AND t.`course` = ?) OR (t.`student` = ? AND t.`course` = ?)) WHERE a.`id` = 1;

-- page, all
SELECT a.`log_index`, a.`schema_version`, a.`owns`, a.`owns_from`, a.`owns_to`, a.`epoch`, CAST(t.`marks` AS CHAR), CAST(t.`taken` AS CHAR), t.`student`, t.`course`, t.`_shardeddb_ts` FROM `s_0123456789abcdef0123456789abcdef`.`_shardeddb_applied` a JOIN `s_0123456789abcdef0123456789abcdef`.`Marks` t ON 1 = 1 WHERE a.`id` = 1 ORDER BY t.`student`, t.`course` LIMIT ?;

-- page, prefix
SELECT a.`log_index`, a.`schema_version`, a.`owns`, a.`owns_from`, a.`owns_to`, a.`epoch`, CAST(t.`marks` AS CHAR), CAST(t.`taken` AS CHAR), t.`student`, t.`course`, t.`_shardeddb_ts` FROM `s_0123456789abcdef0123456789abcdef`.`_shardeddb_applied` a JOIN `s_0123456789abcdef0123456789abcdef`.`Marks` t ON t.`student` >= ? AND t.`student` < ? WHERE a.`id` = 1 ORDER BY t.`student`, t.`course` LIMIT ?;

-- page, whole key, down
SELECT a.`log_index`, a.`schema_version`, a.`owns`, a.`owns_from`, a.`owns_to`, a.`epoch`, CAST(t.`marks` AS CHAR), CAST(t.`taken` AS CHAR), t.`student`, t.`course`, t.`_shardeddb_ts` FROM `s_0123456789abcdef0123456789abcdef`.`_shardeddb_applied` a JOIN `s_0123456789abcdef0123456789abcdef`.`Marks` t ON t.`student` >= ? AND ((t.`student` > ?) OR (t.`student` = ? AND t.`course` > ?)) AND t.`student` <= ? AND ((t.`student` < ?) OR (t.`student` = ? AND t.`course` <= ?)) WHERE a.`id` = 1 ORDER BY t.`student` DESC, t.`course` DESC LIMIT ?;

-- scan
SELECT CAST(t.`marks` AS CHAR), CAST(t.`taken` AS CHAR), t.`student`, t.`course`, t.`_shardeddb_ts` FROM `s_0123456789abcdef0123456789abcdef`.`Marks` t WHERE t.`student` >= ? AND ((t.`student` > ?) OR (t.`student` = ? AND t.`course` > ?)) ORDER BY t.`student`, t.`course` LIMIT ?;
