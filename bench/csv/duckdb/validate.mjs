// The peer of "extract and validate": reads a CSV set and checks a dozen rules
// in SQL, one thread. It prints the number of persons and of findings.
import { DuckDBInstance } from '@duckdb/node-api';

const dir = process.argv[2];
const db = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
const table = (name) => `read_csv('${dir}/${name}.csv', delim=';', header=true, all_varchar=true)`;
const date = '^[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])$';
const one = async (sql) => Number((await (await db.run(sql)).getRows())[0][0]);

const mod11 = (column, weights) =>
  '(' + weights.map((w, i) => `${w}*CAST(substr(${column},${i + 1},1) AS INT)`).join('+') + ') % 11';

// Persons: identity with both control digits, enumerations, dates, repeats.
await db.run(`CREATE TABLE person AS SELECT * FROM ${table('person')}`);
let found = await one(`SELECT count(*) FROM person WHERE
  NOT regexp_full_match(peFnr, '[0-9]{11}')
  OR ${mod11('peFnr', [3, 7, 6, 1, 8, 9, 4, 5, 2, 1])} <> 0
  OR ${mod11('peFnr', [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1])} <> 0
  OR peKjonn NOT IN ('M','K') OR length(peKomnr) <> 4 OR length(peBydelsnr) <> 2
  OR TRY_CAST(peAlder AS SMALLINT) IS NULL
  OR NOT regexp_matches(peFraDato, '${date}') OR NOT regexp_matches(peEndrDato, '${date}')`);
found += await one('SELECT count(*) - count(DISTINCT peFnr) + count(*) - count(DISTINCT pePeID) FROM person');

// Rows: codes, dates that exist and stand in order, persons that exist,
// repeated ids, organisation numbers with their control digit.
const rows = {
  personoppl: ['po', 'poPoID', `poHusstand NOT IN ('1','2','3') OR poIndPlan NOT IN ('1','2','3','9')`],
  funksjon: ['fn', 'fnFnID', `fnFunkVerdi NOT IN ('1','2','3','4','5','9') OR TRY_CAST(fnFunkType AS INT) NOT BETWEEN 1 AND 18`],
  tjeneste: ['tj', 'tjTjID', `TRY_CAST(tjTjenType AS INT) NOT BETWEEN 1 AND 28 OR NOT regexp_matches(tjVedtDato, '${date}')
    OR TRY_CAST(tjTimerUke AS DECIMAL(5,2)) > 168
    OR (tjTjenType IN ('1','2','3','4','8','15','17','18','19','20','21','22','25') AND tjInstOrgnr IS NULL AND tjVedtak <> '2')
    OR (tjInstOrgnr IS NOT NULL AND ${mod11('tjInstOrgnr', [3, 2, 7, 6, 5, 4, 3, 2, 1])} <> 0)`],
  diagnose: ['di', 'diDiID', `diKodeVersjon NOT IN ('ICPC-2','ICD-10')`],
  dogntilbud: ['dg', 'dgDgID', 'length(dgInstOrgnr) <> 9'],
};
for (const [name, [p, id, bad]] of Object.entries(rows)) {
  await db.run(`CREATE TABLE ${name} AS SELECT * FROM ${table(name)}`);
  found += await one(`SELECT count(*) FROM ${name} WHERE ${bad}
    OR try_strptime(${p}FraDato, '%Y%m%d') IS NULL AND ${p}FraDato IS NOT NULL
    OR try_strptime(${p}TilDato, '%Y%m%d') IS NULL AND ${p}TilDato IS NOT NULL
    OR ${p}FraDato > ${p}TilDato`);
  found += await one(`SELECT count(*) FROM ${name} WHERE ${p}PeID NOT IN (SELECT pePeID FROM person)`);
  found += await one(`SELECT count(*) - count(DISTINCT ${id}) FROM ${name}`);
}
found += await one(`SELECT count(*) FROM person WHERE pePeID NOT IN (SELECT tjPeID FROM tjeneste)`);
console.log(`${await one('SELECT count(*) FROM person')} persons, ${found} findings`);
