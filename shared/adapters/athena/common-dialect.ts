/** How queries that Athena answers are written, and what is told of one that does not work. */
export const commonDialect = 'the SQL that DuckDB and Trino have in common: no comments, no ::, no -> and ->>';
