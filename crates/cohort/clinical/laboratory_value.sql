-- One row a laboratory result, in the usual unit of its analyte where the unit is known.
--
-- Where the dictionary converts units already, values have one unit and stay as they are, whatever the column `unit`
-- says was reported. Without it set `converted` to false: CEA to ng/mL, CRP to mg/L, albumin and haemoglobin to g/L,
-- bilirubin and creatinine to µmol/L; a unit that is not known gives no value.
-- Parameter converted = true: the dictionary has converted the values (registry.toml, `unit_column`)
-- Source: factors by definition of the units; molar masses of bilirubin 584.66, creatinine 113.12 and haemoglobin (one of
-- its four chains) 16 114.5 g/mol.
select
  patient_id,
  sample_date,
  analyte,
  case
    when $converted then cast(value as double)
    else cast(value as double) * case concat(lower(analyte), ' ', replace(replace(lower(unit), 'µ', 'u'), 'μ', 'u'))
      when 'cea ng/ml' then 1.0 when 'cea ug/l' then 1.0 when 'cea ug/ml' then 1000.0 when 'cea ng/l' then 0.001
      when 'ca19-9 u/ml' then 1.0 when 'ca19-9 ku/l' then 1.0
      when 'crp mg/l' then 1.0 when 'crp mg/dl' then 10.0
      when 'albumin g/l' then 1.0 when 'albumin g/dl' then 10.0
      when 'haemoglobin g/l' then 1.0 when 'haemoglobin g/dl' then 10.0 when 'haemoglobin mmol/l' then 16.1145
      when 'bilirubin umol/l' then 1.0 when 'bilirubin mg/dl' then 17.104
      when 'creatinine umol/l' then 1.0 when 'creatinine mg/dl' then 88.402
    end
  end as value,
  case
    when value is null then 'not computable: no result'
    when $converted then null
    when concat(lower(analyte), ' ', replace(replace(lower(unit), 'µ', 'u'), 'μ', 'u')) not in (
      'cea ng/ml', 'cea ug/l', 'cea ug/ml', 'cea ng/l', 'ca19-9 u/ml', 'ca19-9 ku/l', 'crp mg/l', 'crp mg/dl',
      'albumin g/l', 'albumin g/dl', 'haemoglobin g/l', 'haemoglobin g/dl', 'haemoglobin mmol/l',
      'bilirubin umol/l', 'bilirubin mg/dl',
      'creatinine umol/l', 'creatinine mg/dl')
      then concat('not computable: unit ', coalesce(unit, 'unknown'), ' of ', analyte)
  end as value_reason
from labs
