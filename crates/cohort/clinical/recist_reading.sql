-- One row a lesion, exam and reader: what RECIST 1.1 is computed from.
--
-- A registry with other names, several readers or other codes brings its own view of this name; `sdtm_recist_reading`
-- is the one for SDTM. `nodal`: the diameter is a short axis. `state`: present, absent (0 mm), too_small (present, too
-- small to measure), not_evaluable, progressed (unequivocal progression of a non-target lesion), equivocal (perhaps a
-- new lesion). A lesion that is present and has no diameter was not measured.
-- Parameter nodal_organs = 'node,lymph node': organs whose lesions are nodes, separated by commas (the registry's codes)
-- Source: the tables `lesions` and `measurements` of the registry model.
select
  measurements.patient_id,
  'all' as reader,
  measurements.exam_date,
  measurements.lesion_id,
  lesions.role,
  coalesce(array_has(string_to_array($nodal_organs, ','), lesions.organ), false) as nodal,
  measurements.diameter_mm,
  measurements.state,
  lesions.first_seen
from measurements
join lesions
  on lesions.patient_id = measurements.patient_id
  and lesions.lesion_id = measurements.lesion_id
