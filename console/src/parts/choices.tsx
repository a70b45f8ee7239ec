import './choices.css';

/** Several of a list, by boxes. */
interface ChoicesProps {
  label: string;
  hint?: string;
  choices: readonly { value: string; label: string; about?: string; disabled?: boolean }[];
  chosen: readonly string[];
  onChange(chosen: readonly string[]): void;
}

export function Choices({ label, hint, choices, chosen, onChange }: ChoicesProps) {
  return (
    <fieldset className="choice-set">
      <legend>{label}</legend>
      {hint !== undefined && <span className="small quiet">{hint}</span>}
      <div className="choices">
        {choices.map(({ value, label: text, about, disabled }) => (
          <label key={value}>
            <input
              type="checkbox"
              checked={chosen.includes(value)}
              disabled={disabled === true}
              onChange={(event) => onChange(event.target.checked ? [...chosen, value] : chosen.filter((each) => each !== value))}
            />
            <span>{text}</span>
            {about !== undefined && (
              <span className="small quiet" lang="en">
                {about}
              </span>
            )}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
