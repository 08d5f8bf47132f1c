-- One row a patient, reader, course and exam from the baseline on: RECIST 1.1 response with the reason for it.
--
-- Sums are those of `recist_sum`. The nadir is the smallest sum of earlier exams at which every target was measured, the
-- baseline included. Targets are judged in this order: complete (all 0 mm, nodes below 10 mm); progression ($pd_percent %
-- and $pd_mm mm above the nadir, which what was measured alone may prove, or $return_mm mm of targets other than nodes
-- that are back after a complete overall response); not evaluable (a target was not measured); partial ($pr_percent % below
-- the baseline); stable. What comes back after less than a complete overall response is added to the sum. What comes back
-- smaller than $return_mm mm may have been there all along, and the complete response have been called too early. Tumour
-- markers are not looked at.
-- Parameter pr_percent = 30: least decrease of the sum for a partial response (RECIST 1.1, section 4.3.1)
-- Parameter pd_percent = 20: least increase over the nadir for progression (RECIST 1.1, section 4.3.1)
-- Parameter pd_mm = 5: least increase in mm for progression (RECIST 1.1, section 4.3.1)
-- Parameter return_is_progression = true: a target back after overall CR is PD, whatever the nadir (RECIST 1.1, Table 3, note)
-- Parameter return_mm = 5: least sum in mm of what is back, 0 for any (least increase of section 4.3.1; the note of Table 3 has none)
-- Parameter keep_partial = false: after a partial response, what is not progression stays partial (EORTC's reading)
-- Source: Eisenhauer et al. 2009, doi:10.1016/j.ejca.2008.10.026, sections 4.2 to 4.4, Tables 1 and 2.
with starts as (
  select
    patient_id,
    reader,
    course,
    targets_read as targets,
    others_read as others,
    case when targets_measured = targets_read then measured_sum end as baseline
  from recist_sum
  where exam_date = baseline_date
),
earlier as (
  -- All earlier exams beside each: far cheaper than a window, whose function is called for every row.
  select
    exams.patient_id,
    exams.reader,
    exams.course,
    exams.exam_date,
    min(case when before.targets_measured >= starts.targets then before.measured_sum end) as nadir,
    bool_or(before.targets_measured >= starts.targets and before.targets_gone
      and before.others_present = 0 and before.others_read >= starts.others and before.others_unclear = 0
      and not before.others_progressed and coalesce(before.exam_date < before.new_from, true)
      and before.exam_date > before.baseline_date) as was_complete,
    bool_or(before.targets_measured >= starts.targets and before.exam_date > before.baseline_date
      and 100 * before.measured_sum <= (100 - $pr_percent) * starts.baseline) as was_partial
  from starts
  join recist_sum as before
    on before.patient_id = starts.patient_id
    and before.reader = starts.reader
    and before.course = starts.course
  join recist_sum as exams
    on exams.patient_id = before.patient_id
    and exams.reader = before.reader
    and exams.course = before.course
    and exams.exam_date > before.exam_date
  group by exams.patient_id, exams.reader, exams.course, exams.exam_date
),
followed as (
  select
    exams.*,
    starts.targets,
    starts.others,
    starts.baseline,
    earlier.nadir,
    coalesce(earlier.was_complete, false) as was_complete,
    coalesce(earlier.was_partial, false) as was_partial
  from starts
  join recist_sum as exams
    on exams.patient_id = starts.patient_id
    and exams.reader = starts.reader
    and exams.course = starts.course
  left join earlier
    on earlier.patient_id = exams.patient_id
    and earlier.reader = exams.reader
    and earlier.course = exams.course
    and earlier.exam_date = exams.exam_date
),
returned as (
  select
    followed.*,
    $return_is_progression and was_complete and non_nodal_sum > 0
      and non_nodal_sum >= cast(round($return_mm * 10000) as bigint) as is_back
  from followed
),
judged as (
  select
    returned.*,
    case
      when targets = 0 then 'none'
      when targets_measured >= targets and targets_gone then 'CR'
      when is_back then 'PD'
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
    coalesce(exam_date >= new_from, false) as new_lesion
  from returned
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
            case when nadir > 0 and measured_sum is not null then concat(
              ', ', round(100.0 * (measured_sum - nadir) / nadir, 1), ' % and ',
              (measured_sum - nadir) / 10000.0, ' mm from nadir') else '' end,
            ': target ', target_response,
            case
              when target_response = 'PD' and is_back then ' (returned after complete response)'
              when target_response = 'PD' then ' (at least $pd_percent % and $pd_mm mm above the nadir)'
              when target_response = 'CR' then concat(' (all gone, nodes below ', node_mm, ' mm)')
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
