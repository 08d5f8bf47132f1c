-- One row a patient, reader, course and exam from the baseline on: RECIST 1.1 response with the reason for it.
--
-- Target sum: longest diameters of targets and short axes of nodal ones; absent counts 0 mm, too small to measure
-- $too_small_mm mm, and a recorded number is always used. The nadir is the smallest sum of earlier exams at which every
-- target was measured, the baseline included. Targets are judged in this order: complete (all 0 mm, nodes below 10 mm);
-- progression ($pd_percent % and $pd_mm mm above the nadir, which what was measured alone may prove, or return of a
-- target after a complete response); not evaluable (a target was not measured); partial ($pr_percent % below the
-- baseline); stable. Sums are counted in 1/10000 mm, which keeps the thresholds exact. An equivocal new lesion counts
-- from the day on which it was first seen, once a later exam confirms it. Tumour markers are not looked at.
-- Parameter too_small_mm = 5: diameter of a lesion too small to measure (RECIST 1.1, section 4.2.2)
-- Parameter pr_percent = 30: least decrease of the sum for a partial response (RECIST 1.1, section 4.3.1)
-- Parameter pd_percent = 20: least increase over the nadir for progression (RECIST 1.1, section 4.3.1)
-- Parameter pd_mm = 5: least increase in mm for progression (RECIST 1.1, section 4.3.1)
-- Parameter node_mm = 10: short axis from which a node is pathological (RECIST 1.1, section 4.3.1)
-- Parameter return_is_progression = true: a target back after CR is PD at any size (RECIST 1.1, Table 3, note)
-- Parameter keep_partial = false: after a partial response, what is not progression stays partial (EORTC's reading)
-- Source: Eisenhauer et al. 2009, doi:10.1016/j.ejca.2008.10.026, sections 4.2 to 4.4, Tables 1 and 2.
with baselines as (
  select
    exams.patient_id,
    exams.reader,
    recist_course.course,
    recist_course.treatment_start,
    recist_course.course_end,
    case
      when recist_course.treatment_start is null then min(exams.exam_date)
      else max(case when exams.exam_date <= recist_course.treatment_start then exams.exam_date end)
    end as baseline_date
  from (select patient_id, reader, exam_date from recist_reading group by patient_id, reader, exam_date) as exams
  join recist_course on recist_course.patient_id = exams.patient_id
  group by
    exams.patient_id, exams.reader, recist_course.course, recist_course.treatment_start, recist_course.course_end
),
readings as (
  select
    baselines.patient_id,
    baselines.reader,
    baselines.course,
    baselines.treatment_start,
    baselines.baseline_date,
    recist_reading.exam_date,
    recist_reading.lesion_id,
    -- What was new under an earlier course is known at this one's baseline.
    coalesce(recist_reading.first_seen > baselines.baseline_date, recist_reading.role = 'new') as is_new,
    case when recist_reading.role = 'new' then 'non_target' else recist_reading.role end as role,
    recist_reading.nodal,
    recist_reading.state,
    case
      when recist_reading.state = 'not_evaluable' then null
      when recist_reading.state = 'absent' then 0
      when recist_reading.diameter_mm is not null then cast(round(recist_reading.diameter_mm * 10000) as bigint)
      when recist_reading.state = 'too_small' then cast(round($too_small_mm * 10000) as bigint)
    end as size
  from baselines
  join recist_reading
    on recist_reading.patient_id = baselines.patient_id
    and recist_reading.reader = baselines.reader
    and recist_reading.exam_date >= baselines.baseline_date
    and (baselines.course_end is null or recist_reading.exam_date < baselines.course_end)
),
new_lesions as (
  select patient_id, reader, course, min(seen) as new_from
  from (
    select
      patient_id,
      reader,
      course,
      case
        when bool_or(state in ('present', 'progressed', 'too_small'))
          then min(case when state not in ('absent', 'not_evaluable') then exam_date end)
      end as seen
    from readings
    where is_new
    group by patient_id, reader, course, lesion_id
  ) as lesions
  group by patient_id, reader, course
),
exams as (
  select
    patient_id,
    reader,
    course,
    treatment_start,
    baseline_date,
    exam_date,
    count(case when role = 'target' then 1 end) as targets_read,
    count(case when role = 'target' then size end) as targets_measured,
    sum(case when role = 'target' then size end) as measured_sum,
    coalesce(bool_and(case
      when role = 'target' then size is not null and size < case when nodal then cast($node_mm * 10000 as bigint) else 1 end
    end), false) as targets_gone,
    coalesce(bool_or(role = 'target' and not nodal and size > 0), false) as target_seen,
    count(case when role = 'non_target' then 1 end) as others_read,
    count(case when role = 'non_target' and state = 'not_evaluable' then 1 end) as others_unclear,
    count(case
      when role = 'non_target' and state in ('present', 'progressed', 'too_small', 'equivocal')
        and not (nodal and size is not null and size < cast($node_mm * 10000 as bigint)) then 1
    end) as others_present,
    coalesce(bool_or(role = 'non_target' and state = 'progressed'), false) as others_progressed
  from readings
  where not coalesce(is_new, false)
  group by patient_id, reader, course, treatment_start, baseline_date, exam_date
  union all
  -- Exams of which only new lesions are recorded.
  select
    patient_id, reader, course, treatment_start, baseline_date, exam_date,
    0, 0, null, false, false, 0, 0, 0, false
  from readings
  group by patient_id, reader, course, treatment_start, baseline_date, exam_date
  having bool_and(coalesce(is_new, false))
),
followed as (
  select
    exams.*,
    first_value(targets_read) over course_exams as targets,
    first_value(others_read) over course_exams as others,
    first_value(case when targets_measured = targets_read then measured_sum end) over course_exams as baseline
  from exams
  window course_exams as (partition by patient_id, reader, course order by exam_date
    rows between unbounded preceding and current row)
),
earlier as (
  select
    followed.*,
    min(case when targets_measured >= targets then measured_sum end) over before as nadir,
    coalesce(max(case when targets_measured >= targets and targets_gone and exam_date > baseline_date then 1 end)
      over before, 0) = 1 as was_complete,
    coalesce(max(case when targets_measured >= targets and exam_date > baseline_date
      and 100 * measured_sum <= (100 - $pr_percent) * baseline then 1 end) over before, 0) = 1 as was_partial
  from followed
  window before as (partition by patient_id, reader, course order by exam_date
    rows between unbounded preceding and 1 preceding)
),
judged as (
  select
    earlier.*,
    case
      when targets = 0 then 'none'
      when targets_measured >= targets and targets_gone then 'CR'
      when $return_is_progression and was_complete and target_seen then 'PD'
      when measured_sum >= nadir + cast(round($pd_mm * 10000) as bigint)
        and 100 * measured_sum >= (100 + $pd_percent) * nadir then 'PD'
      when targets_measured < targets or baseline is null then 'NE'
      when 100 * measured_sum <= (100 - $pr_percent) * baseline or ($keep_partial and was_partial) then 'PR'
      else 'SD'
    end as target_response,
    case
      when others = 0 and others_read = 0 then 'none'
      when others_progressed then 'PD'
      when others_present > 0 then 'NON-CR/NON-PD'
      when others_read < others or others_unclear > 0 then 'NE'
      else 'CR'
    end as non_target_response,
    coalesce(earlier.exam_date >= new_lesions.new_from, false) as new_lesion
  from earlier
  left join new_lesions
    on new_lesions.patient_id = earlier.patient_id
    and new_lesions.reader = earlier.reader
    and new_lesions.course = earlier.course
)
select
  patient_id,
  reader,
  course,
  baseline_date,
  coalesce(treatment_start, baseline_date) as reference_date,
  exam_date,
  cast(targets as bigint) as targets,
  cast(targets_measured as bigint) as targets_measured,
  case when targets_measured >= targets and targets > 0 then measured_sum / 10000.0 end as target_sum_mm,
  baseline / 10000.0 as baseline_sum_mm,
  nadir / 10000.0 as nadir_mm,
  case when exam_date > baseline_date then target_response end as target_response,
  case when exam_date > baseline_date then non_target_response end as non_target_response,
  new_lesion,
  case
    when exam_date = baseline_date then null
    when new_lesion or target_response = 'PD' or non_target_response = 'PD' then 'PD'
    when target_response = 'none' and non_target_response = 'none' then 'NE'
    when target_response = 'none' then non_target_response
    when target_response = 'CR' and non_target_response in ('NON-CR/NON-PD', 'NE') then 'PR'
    else target_response
  end as response,
  concat(
    case
      when exam_date = baseline_date then 'baseline: '
      else ''
    end,
    case
      when targets = 0 then 'no target lesion'
      else concat(
        targets_measured, ' of ', targets, ' targets measured',
        case when measured_sum is null then '' else concat(', sum ', measured_sum / 10000.0, ' mm') end,
        case
          when exam_date = baseline_date then
            case when baseline_date < treatment_start - interval '28 days'
              then ', more than 28 days before treatment' else '' end
          else concat(
            ', baseline ', coalesce(cast(baseline / 10000.0 as text), 'not measured'),
            ', nadir ', coalesce(cast(nadir / 10000.0 as text), 'unknown'),
            case when baseline > 0 and targets_measured >= targets then concat(
              ', ', round(100.0 * (measured_sum - baseline) / baseline, 1), ' % from baseline') else '' end,
            case when nadir > 0 then concat(
              ', ', round(100.0 * (measured_sum - nadir) / nadir, 1), ' % and ',
              (measured_sum - nadir) / 10000.0, ' mm from nadir') else '' end,
            ': target ', target_response,
            case
              when target_response = 'PD' and $return_is_progression and was_complete and target_seen then ' (returned after complete response)'
              when target_response = 'PD' then ' (at least $pd_percent % and $pd_mm mm above the nadir)'
              when target_response = 'CR' then ' (all gone, nodes below $node_mm mm)'
              when target_response = 'PR' then ' (at least $pr_percent % below the baseline)'
              when target_response = 'NE' then ' (not every target was measured)'
              else ' (neither PR nor PD)'
            end
          )
        end
      )
    end,
    '; ',
    case
      when non_target_response = 'none' then 'no non-target lesion'
      when exam_date = baseline_date then concat(others_read, ' non-target lesions')
      else concat('non-target ', non_target_response, ' (', others_present, ' present, ',
        others_read - others_unclear, ' of ', others, ' judged)')
    end,
    case when new_lesion then '; new lesion, hence PD' else '' end
  ) as trace
from judged
