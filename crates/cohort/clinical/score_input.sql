-- One row a patient with an index date: what the clinical scores of liver metastases are computed from.
--
-- Size: the largest liver lesion at the last exam before the index date (absent counts 0 mm); unknown where a target was
-- not measured then, whereas another lesion that was not is taken for smaller. Number: liver lesions first seen before it. CEA: the last before it. What the registry model lacks (margin in mm, grade, invasion) has no
-- value, and the scores that need it are not computable: a study that has it brings its own view of this name.
-- Lobes: segments 2 to 4 are the left one, 5 to 8 the right one; the caudate lobe, segment 1, is of neither.
-- Optional lesions.segment = text: whether both lobes have lesions is not known
-- Source: the tables `patients`, `lesions`, `measurements`, `operations`, `pathology` of the registry model.
with exams as (
  -- One row an exam first: ranking the single measurements instead needs more memory than a query may have.
  select
    measurements.patient_id,
    measurements.exam_date,
    case when count(case when lesions.role = 'target' and measurements.diameter_mm is null
        and coalesce(measurements.state not in ('absent', 'too_small'), true) then 1 end) = 0
      then max(case when measurements.state = 'absent' then 0 else measurements.diameter_mm end)
    end as largest_mm
  from measurements
  join lesions
    on lesions.patient_id = measurements.patient_id
    and lesions.lesion_id = measurements.lesion_id
  where lesions.organ = 'liver'
  group by measurements.patient_id, measurements.exam_date
),
sizes as (
  select exams.patient_id, first_value(exams.largest_mm order by exams.exam_date desc) as largest_mm
  from exams
  join index_date on index_date.patient_id = exams.patient_id
  where exams.exam_date < index_date.index_date
  group by exams.patient_id
),
numbers as (
  select
    lesions.patient_id,
    count(*) as liver_lesions,
    case
      when count(case when regexp_like(lesions.segment, '^ *S?[234]', 'i') then 1 end) > 0
        and count(case when regexp_like(lesions.segment, '^ *S?[5678]', 'i') then 1 end) > 0 then true
      when count(lesions.segment) = count(*) then false
    end as bilobar
  from lesions
  join index_date on index_date.patient_id = lesions.patient_id
  where lesions.organ = 'liver' and lesions.first_seen < index_date.index_date
  group by lesions.patient_id
),
categories as (
  -- In one spelling: without the prefixes c, p, y, r and a.
  select
    patient_id,
    regexp_replace(upper(trim(primary_t)), '^[CPYRA]+', '') as t,
    regexp_replace(upper(trim(primary_n)), '^[CPYRA]+', '') as n
  from patients
),
specimens as (
  select
    pathology.patient_id,
    case when count(pathology.residual_percent) = count(*) then avg(pathology.residual_percent) end as viable_percent
  from pathology
  join index_date
    on index_date.patient_id = pathology.patient_id
    and index_date.index_date = pathology.operation_date
  group by pathology.patient_id
)
select
  index_date.patient_id,
  index_date.index_date,
  age_in_years(patients.birth_date, index_date.index_date) as age,
  case
    when categories.n like 'N0%' then false
    when categories.n like 'N1%' or categories.n like 'N2%' then true
  end as node_positive,
  case
    when categories.t in ('T0', 'TIS') or categories.t like 'T1%' then 1
    when categories.t like 'T2%' then 2
    when categories.t like 'T3%' then 3
    when categories.t like 'T4%' then 4
  end as primary_t,
  patients.primary_diagnosis_date,
  patients.liver_metastasis_date,
  numbers.liver_lesions,
  numbers.bilobar,
  sizes.largest_mm,
  laboratory_before.value as cea_ng_ml,
  case when patients.kras = 'mutated' then true when patients.kras = 'wild' then false end as kras_mutated,
  case
    when patients.kras = 'mutated' or patients.nras = 'mutated' then true
    when patients.kras = 'wild' and patients.nras = 'wild' then false
  end as ras_mutated,
  operations.extrahepatic <> 'none' as extrahepatic,
  operations.margin <> 'R0' as margin_positive,
  cast(null as double) as margin_mm,
  cast(null as text) as differentiation,
  specimens.viable_percent,
  cast(null as boolean) as vascular_invasion,
  cast(null as boolean) as biliary_invasion
from index_date
join patients on patients.patient_id = index_date.patient_id
join categories on categories.patient_id = index_date.patient_id
left join operations
  on operations.patient_id = index_date.patient_id
  and operations.operation_date = index_date.index_date
left join numbers on numbers.patient_id = index_date.patient_id
left join sizes on sizes.patient_id = index_date.patient_id
left join specimens on specimens.patient_id = index_date.patient_id
left join laboratory_before
  on laboratory_before.patient_id = index_date.patient_id
  and laboratory_before.analyte = 'CEA'
