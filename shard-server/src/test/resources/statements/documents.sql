-- key at a place
SELECT t.`_id` FROM `s_0123456789abcdef0123456789abcdef`.`people` t WHERE 1 = 1 ORDER BY t.`_id` LIMIT 1 OFFSET ?;

-- key at a place, down
SELECT t.`_id` FROM `s_0123456789abcdef0123456789abcdef`.`people` t WHERE t.`_id` > ? AND t.`_id` <= ? ORDER BY t.`_id` DESC LIMIT 1 OFFSET ?;

-- rows
SELECT t.`_id`, t.`doc`, t.`_id`, t.`_shardeddb_ts` FROM `s_0123456789abcdef0123456789abcdef`.`people` t WHERE 1 = 1 AND (CAST(JSON_UNQUOTE(JSON_EXTRACT(t.`doc`, ?)) AS BINARY) = CAST(? AS BINARY) OR JSON_TYPE(JSON_EXTRACT(t.`doc`, ?)) = 'ARRAY' OR JSON_TYPE(JSON_EXTRACT(t.`doc`, ?)) = 'ARRAY') ORDER BY t.`_id` LIMIT ?;

-- rows, down
SELECT t.`doc`, t.`_id`, t.`_shardeddb_ts` FROM `s_0123456789abcdef0123456789abcdef`.`people` t WHERE t.`_id` > ? AND t.`_id` <= ? AND (CAST(JSON_UNQUOTE(JSON_EXTRACT(t.`doc`, ?)) AS BINARY) = CAST(? AS BINARY) OR JSON_TYPE(JSON_EXTRACT(t.`doc`, ?)) = 'ARRAY' OR JSON_TYPE(JSON_EXTRACT(t.`doc`, ?)) = 'ARRAY') ORDER BY t.`_id` DESC LIMIT ?;

-- rows by keys
SELECT t.`_id`, t.`doc`, t.`_id`, t.`_shardeddb_ts` FROM `s_0123456789abcdef0123456789abcdef`.`people` t WHERE t.`_id` IN (?, ?) AND (CAST(JSON_UNQUOTE(JSON_EXTRACT(t.`doc`, ?)) AS BINARY) = CAST(? AS BINARY) OR JSON_TYPE(JSON_EXTRACT(t.`doc`, ?)) = 'ARRAY' OR JSON_TYPE(JSON_EXTRACT(t.`doc`, ?)) = 'ARRAY') ORDER BY t.`_id`;

-- look up a text
SELECT t.`_id` FROM `s_0123456789abcdef0123456789abcdef`.`people` t FORCE INDEX (`sdb_by_city`) WHERE (t.`_shardeddb_t_by_city` IN (?, ?)) AND 1 = 1 LIMIT ?;

-- look up texts
SELECT t.`_id` FROM `s_0123456789abcdef0123456789abcdef`.`people` t FORCE INDEX (`sdb_by_city`) WHERE (t.`_shardeddb_t_by_city` IN (?) OR t.`_shardeddb_t_by_city` BETWEEN ? AND ? OR t.`_shardeddb_t_by_city` BETWEEN ? AND ?) AND t.`_id` > ? AND t.`_id` <= ? LIMIT ?;

-- look up numbers
SELECT t.`_id` FROM `s_0123456789abcdef0123456789abcdef`.`people` t FORCE INDEX (`sdn_by_city`) WHERE (t.`_shardeddb_n_by_city` IN (?, ?, ?)) AND 1 = 1 LIMIT ?;

-- look up a range
SELECT t.`_id` FROM `s_0123456789abcdef0123456789abcdef`.`people` t FORCE INDEX (`sdn_by_city`) WHERE (t.`_shardeddb_n_by_city` IN (?) OR t.`_shardeddb_n_by_city` BETWEEN ? AND ?) AND 1 = 1 LIMIT ?;
